// /v1/sign-in-methods: what a page that signs people in has to offer, for whoever comes.
import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import { signInMethods } from "../../services/people/sign-in-methods.ts";
import type { AppEnv } from "../app-env.ts";
import { json, refusals } from "../schemas/common.ts";

export const signInMethodRoutes = new OpenAPIHono<AppEnv>();

/** A deployment changes them rarely, and a page that is a few minutes late harms nobody. */
const cacheSeconds = 300;

const provider = z.object({
  id: z.string().openapi({ description: "For `POST /api/auth/sign-in/social`", example: "google" }),
  name: z.string().openapi({ example: "Google" }),
});

const methods = z
  .object({
    passwordReset: z.boolean().openapi({ description: "Whether a forgotten password can be replaced, by mail" }),
    providers: z
      .array(provider)
      .openapi({ description: "Where else one can sign in, in the order of the configuration" }),
  })
  .openapi("SignInMethods");

signInMethodRoutes.openapi(
  createRoute({
    method: "get",
    path: "/sign-in-methods",
    tags: ["People"],
    summary: "How people can sign in, besides with address and password",
    security: [],
    responses: { 200: json(methods, "The methods"), ...refusals(["internal"]) },
  }),
  (c) => {
    c.header("Cache-Control", `public, max-age=${cacheSeconds}`);
    return c.json(signInMethods({ ctx: c.var.request }), 200);
  },
);
