// better-auth as an application would configure it, with its plugins for users, organisations and telephones.
import { betterAuth } from "better-auth";
import { admin, magicLink, organization, phoneNumber, twoFactor, username } from "better-auth/plugins";
import pg from "pg";

export const pool = new pg.Pool();
/** What would have been sent by mail or telephone. */
export const sent = [];
const send = async (message) => void sent.push(message);

export const auth = betterAuth({
  database: pool,
  secret: "not a secret, only long enough for the library",
  baseURL: "http://localhost:3000",
  rateLimit: { enabled: false },
  logger: { level: "error" },
  emailAndPassword: { enabled: true, sendResetPassword: send },
  user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true }, deleteUser: { enabled: true } },
  plugins: [
    admin(),
    username(),
    twoFactor(),
    organization({ sendInvitationEmail: send }),
    phoneNumber({ sendOTP: send }),
    magicLink({ sendMagicLink: send }),
  ],
});
