/** One line: `const name = (a, b) => expression;`. */
const SHORT = /^(export )?const (\w+) = (async )?\(([^()\n]*)\) => (?![{\s])(.+);$/gm;
/** Several lines: `const name = (a, b) => {`, an indented body, and `};`. */
const LONG = /^(export )?const (\w+) = (async )?\(([^()\n]*)\) => \{\n((?:[ \t].*\n|\n)*)\};$/gm;

/** Words that mean something else in a function that is no arrow function. */
const ARROWS_OWN = /\b(?:this|arguments|super|target|eval)\b/;
/** A further constant in the same statement, a comment, or an assignment. */
const MORE = /,\s*\w+\s*=(?![=>])|\/\/|\/\*/;

/**
 * Writes a module's arrow functions as function declarations. V8 skims over a function until it is called, but parses arrow functions in
 * full when it loads a file: three times the work. Only what a formatter has written, so that lines show where a function ends, is changed.
 */
export function withDeclaredFunctions(code: string): string {
  return code
    .replace(SHORT, (text, exported = "", name, isAsync = "", parameters, expression: string) =>
      ARROWS_OWN.test(text) || MORE.test(expression) || !hasPairs(expression)
        ? text
        : `${exported}${isAsync}function ${name}(${parameters}) { return ${expression}; }`,
    )
    .replace(LONG, (text, exported = "", name, isAsync = "", parameters, body: string) =>
      ARROWS_OWN.test(text) || !hasPairs(body)
        ? text
        : `${exported}${isAsync}function ${name}(${parameters}) {\n${body}}`,
    );
}

/** A template literal may span lines. */
const hasPairs = (text: string): boolean => text.split("`").length % 2 === 1;
