/// The vocabulary: every fact that can be stated about one call's journey.
package trapline.model;
