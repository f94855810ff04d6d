/// Renders journeys as text and JSON: pure functions from the model to characters, without streams,
/// clocks or knowledge of the terminal.
package trapline.report;
