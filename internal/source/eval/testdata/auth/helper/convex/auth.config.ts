import { workos } from "./lib/workos";
export default { providers: workos(process.env.WORKOS_CLIENT_ID!) };
