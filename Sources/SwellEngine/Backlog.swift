/// A queue, first in, first out, that lets go of what was taken even when it is never empty.
struct Backlog<Element> {
  private var elements: [Element?] = []
  private var next = 0

  /// From how many places of taken elements on they are worth moving the rest.
  private static var leastGap: Int { 1024 }

  var isEmpty: Bool { next == elements.count }

  /// How many places are kept, those of taken elements included.
  var places: Int { elements.count }

  mutating func append(contentsOf more: [Element]) {
    for element in more { elements.append(element) }
  }

  mutating func popFirst() -> Element? {
    guard next < elements.count else { return nil }
    let element = elements[next]
    elements[next] = nil
    next += 1
    if next == elements.count {
      elements.removeAll(keepingCapacity: true)
      next = 0
    } else if next >= Self.leastGap, next * 2 >= elements.count {
      elements.removeFirst(next)
      next = 0
    }
    return element
  }
}
