/// A line of a drawing in a terminal.
public struct TextLine: Sendable, Hashable {
  /// The lines that lead from node to node.
  public var rails: String
  /// The words beside them.
  public var words: String
  /// The node that it is about; nil of headings.
  public var node: String?
  /// What became of that node in a run.
  public var state: String?

  /// The whole line as it stands.
  public var text: String {
    var text = rails + words
    while text.last == " " { text.removeLast() }
    return text
  }
}
