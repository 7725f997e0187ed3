// Imported before all else. With the functions' code the program loads the X-Ray SDK, which by itself hooks into every promise
// of the process: a fifth of the program's own processor time. In the functions nothing changes.
process.env["AWS_XRAY_MANUAL_MODE"] ??= "1";
