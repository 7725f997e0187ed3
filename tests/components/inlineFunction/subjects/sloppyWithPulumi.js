// A CommonJS file in sloppy mode that loads Pulumi: its functions are copied.
require("@pulumi/pulumi");

function callerless(a) {
  arguments[0] = 2;
  return [typeof this, typeof arguments.callee, a];
}
exports.callerless = callerless;
exports.strict = function strict() {
  "use strict";
  return typeof this;
};
exports.withInside = function withInside(o) {
  with (o) return x;
};
exports.octal = function octal() {
  return 010;
};
exports.undeclared = function undeclared() {
  neverDeclared = 1;
  return neverDeclared;
};
