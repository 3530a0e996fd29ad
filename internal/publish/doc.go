// Package publish tells GitHub what a gate found: a commit status, one comment on the pull request, a check run, the
// step's summary and outputs, and annotations in the log.
//
// # What matters more
//
// In this order, each may be missing without harm to those before it: the commit status, the comment, the check run, the
// step's summary, the annotations. Only the status can be required by a branch, so that only its absence is an error;
// whatever else cannot be written is left out, and said once in the log with the permission that it takes.
//
// # Nothing stale over something newer
//
// Several runs may speak of one commit, and of one pull request, at the same time. GitHub keeps every status but has no
// compare-and-swap, and an edit of a comment loses what it replaces. So each run has a stamp, by which they are ordered:
// the newer of two is the one that has seen more of the commit's deployments and, where both have seen as much, began
// later by GitHub's clock. Each goes this way:
//
//  1. It looks which run's status stands, and which commit is the head. If a newer run's does, it says nothing at all.
//  2. It sets its status, whose address carries its stamp. From here on every other run can see it.
//  3. It writes the comment, unless the head is another commit, or a newer run's comment is there.
//  4. It looks again. If the newest status is covered, it sets that again as it was. If its comment may have replaced
//     what a newer run has to say, it turns it into a pointer to that run. Then it looks once more.
//
// A run that ends without a report goes the same way, except that it adds no comment and turns one that is there into a
// pointer to itself. One that was told to stop sets its status only.
//
// Of two runs at least one sees the other: who speaks last looks last, and the other's status is there by then. So when
// all have ended, the newest run's status stands, and no text of an older run. The oldest comment is the one that stays.
// Only it is ever edited, and nobody removes it: who finds others beside it moves the best text there and removes them,
// also those of runs that were killed. A run that was told to stop still finishes a look that it owes, within
// [grace].
package publish
