/// A list: made by an expression or given by the host, or a reference to an array of a document.
public struct CELList: Sendable, ExpressibleByArrayLiteral {
  enum Storage: Sendable {
    case elements([CELValue])
    case reference(JSONReference)
  }

  let storage: Storage

  public init(_ elements: [CELValue]) { storage = .elements(elements) }
  public init(arrayLiteral elements: CELValue...) { self.init(elements) }
  init(_ reference: JSONReference) { storage = .reference(reference) }

  public var count: Int {
    switch storage {
    case .elements(let elements): elements.count
    case .reference(let reference): reference.entry.detail
    }
  }

  public var isEmpty: Bool { count == 0 }

  /// The element at an index, if there is one.
  public subscript(index: Int) -> CELValue? {
    guard index >= 0, index < count else { return nil }
    switch storage {
    case .elements(let elements): return elements[index]
    case .reference(let reference):
      let document = reference.document
      return document.value(at: document.element(index, of: reference.index))
    }
  }

  /// The elements; those of a document are references still.
  public var elements: [CELValue] {
    switch storage {
    case .elements(let elements): return elements
    case .reference(let reference):
      let document = reference.document
      var elements: [CELValue] = []
      elements.reserveCapacity(count)
      var at = reference.index + 1
      for _ in 0..<count {
        elements.append(document.value(at: at))
        at = document.end(of: at)
      }
      return elements
    }
  }

  /// Roughly how many entries are passed on the way to an element, for the budget.
  func searchCost(_ index: Int) -> Int {
    guard case .reference(let reference) = storage else { return 0 }
    let entry = reference.entry
    if Int(entry.next) == reference.index + 1 + entry.detail { return 0 }
    return min(max(index, 0), entry.detail) / 16
  }
}
