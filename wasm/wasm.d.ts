/** A kernel, compiled by the bundler's host: workerd forbids compiling WebAssembly from bytes at run time. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
