/// What one thread did in the kernel for one call: recordings and tracer output into a tree of
/// functions, and who said an error first.
package trapline.kernel.run;
