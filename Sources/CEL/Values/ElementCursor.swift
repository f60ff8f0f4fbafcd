/// Goes over the elements of a list without making an array of them.
struct ElementCursor {
  private enum Source {
    case elements([CELValue])
    case document(JSONDocument)
  }

  private let source: Source
  private var at: Int
  private var left: Int

  init(_ list: CELList) {
    left = list.count
    switch list.storage {
    case .elements(let elements):
      source = .elements(elements)
      at = 0
    case .reference(let reference):
      source = .document(reference.document)
      at = reference.index + 1
    }
  }

  @inline(__always)
  mutating func next() -> CELValue? {
    guard left > 0 else { return nil }
    left -= 1
    switch source {
    case .elements(let elements):
      at += 1
      return elements[at - 1]
    case .document(let document):
      let value = document.value(at: at)
      at = document.end(of: at)
      return value
    }
  }
}
