// In place of @asteasolutions/zod-to-openapi. The description of the API is made when the project is built (tools/api-types.ts) and
// served as a file; in the Worker what schemas say for it is passed over.
import { leftOut } from "./left-out.ts";

/** Gives each schema the method that the description reads; it returns the schema as it is. */
export function extendZodWithOpenApi({ ZodType }: { ZodType: { prototype: object } }): void {
  Object.assign(ZodType.prototype, {
    openapi(this: unknown) {
      return this;
    },
  });
}

/** Told of every route; keeps none. */
export class OpenAPIRegistry {
  readonly definitions: never[] = [];

  registerPath(): void {}
}

class Generator {
  generateDocument(): never {
    return leftOut("The generator of the API's description");
  }
}

export const OpenApiGeneratorV3 = Generator;
export const OpenApiGeneratorV31 = Generator;

export function getOpenApiMetadata(): never {
  return leftOut("The API's description");
}
