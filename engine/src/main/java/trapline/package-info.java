/// The entry to Trapline as a library.
package trapline;
