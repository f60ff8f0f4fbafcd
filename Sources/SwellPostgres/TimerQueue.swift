/// Timers in the order of their deadlines: a binary heap, from which cancelled ones are
/// dropped when they come up, or all at once when they are the majority.
struct TimerQueue {
  private struct Entry {
    let deadline: UInt64
    let id: UInt64

    /// Timers of one moment run in the order in which they were made.
    func isBefore(_ other: Entry) -> Bool {
      (deadline, id) < (other.deadline, other.id)
    }
  }

  private var heap: [Entry] = []
  private var bodies: [UInt64: @Sendable () -> Void] = [:]

  /// The deadline of the earliest timer still wanted.
  var next: UInt64? {
    mutating get {
      while let first = heap.first {
        if bodies[first.id] != nil { return first.deadline }
        removeFirst()
      }
      return nil
    }
  }

  mutating func insert(_ id: UInt64, at deadline: UInt64, _ body: @escaping @Sendable () -> Void) {
    bodies[id] = body
    heap.append(Entry(deadline: deadline, id: id))
    siftUp(heap.count - 1)
  }

  mutating func cancel(_ id: UInt64) {
    guard bodies.removeValue(forKey: id) != nil else { return }
    guard heap.count > 64, heap.count > 2 * bodies.count else { return }
    heap.removeAll { bodies[$0.id] == nil }
    heap.sort { $0.isBefore($1) }
  }

  /// Takes the earliest timer whose moment has come.
  mutating func takeDue(at now: UInt64) -> (@Sendable () -> Void)? {
    guard let next, next <= now, let first = heap.first else { return nil }
    removeFirst()
    return bodies.removeValue(forKey: first.id)
  }

  private mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == index { return }
      heap.swapAt(index, least)
      index = least
    }
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0, heap[index].isBefore(heap[(index - 1) / 2]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }
}
