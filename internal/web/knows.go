package web

// Knows reports whether the client may ask an origin without being told that it is public: whether it is one of the
// hosts that it was made for.
func (c *Client) Knows(origin string) bool {
	_, err := c.rules.parse(origin, false)
	return err == nil
}
