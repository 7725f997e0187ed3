declare module "asl-validator" {
  /** Checks a state machine's definition against the language's JSON schema and its own rules. */
  function aslValidator(definition: object): { isValid: boolean; errors: { "Error code": string; Message: string }[] };
  export = aslValidator;
}
