export default function proxy(request) {
  const tenant = request.headers.get("x-tenant");
  return tenant.toLowerCase();
}
