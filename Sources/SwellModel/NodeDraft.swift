/// A node as it was read, before its references are looked up.
struct NodeDraft {
  /// Another node's id, where it was written.
  struct Reference {
    var id: String
    var path: String
    var place: SourcePlace
  }

  var node: Node
  var path: String
  var place: SourcePlace
  var needs: [Reference] = []
  var fallback: Reference?
  var joinPlace: SourcePlace?
  var whenOpenPlace: SourcePlace?

  var id: String { node.id }
}
