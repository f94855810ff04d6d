/// Keeps the indexes of kernel sources in the user's cache.
@org.jspecify.annotations.NullMarked
package trapline.index;
