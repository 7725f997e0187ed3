// A CommonJS file in sloppy mode that loads no Pulumi: captured, it is imported.
exports.modes = function () {
  undeclaredInSloppyFile = 1;
  with ({ inside: 2 }) return [typeof this, undeclaredInSloppyFile, inside, typeof arguments.callee, 010];
};
