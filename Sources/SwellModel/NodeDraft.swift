/// A node as it was read, before its references are looked up.
struct NodeDraft {
  /// Another node's id, where it was written.
  struct Reference {
    var id: String
    var path: String
    var place: SourcePlace
  }

  /// Text that may hold expressions, where it was written.
  struct Template {
    var text: String
    var path: String
    /// The value that it is.
    var value: LocatedValue
    /// Whether it is looked at once for each item or iteration, rather than for the node.
    var isRepeated: Bool
    /// Whether it must be one expression and nothing else, and of what type; nil is any text.
    var expects: Expected?

    /// Where the text itself begins, behind quotes.
    var place: SourcePlace { value.textPlace }

    enum Expected { case bool, list }
  }

  /// One way out of a branch, before its references are looked up.
  struct Arm {
    var when: String?
    var then: [Reference]
  }

  var node: Node
  var path: String
  var place: SourcePlace
  var needs: [Reference] = []
  var fallback: Reference?
  var then: [Reference] = []
  var otherwise: [Reference] = []
  var otherwisePlace: SourcePlace?
  var arms: [Arm] = []
  var templates: [Template] = []
  var joinPlace: SourcePlace?
  var whenOpenPlace: SourcePlace?
  /// Where `detach: true` was written.
  var detachPlace: SourcePlace?
  /// Where `spread: true` was written.
  var spreadPlace: SourcePlace?

  var id: String { node.id }
}
