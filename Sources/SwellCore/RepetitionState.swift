import CEL
import SwellModel

/// A map or a loop that is on its way.
struct RepetitionState: Sendable {
  var began: Moment
  /// Of a map, its list.
  var items: [CELValue] = []
  /// Of a map, the first item that has not been started.
  var next = 0
  /// The index in the state of each part: of item or iteration n at n - 1; -1 while there is none.
  var parts: [Int] = []
  /// How many parts have been started and not ended.
  var inFlight = 0
  /// What its parts gave, in bytes.
  var bytes = 0
  /// The first part that failed and thereby ends the whole.
  var failed: Int?

  /// The place of the next item, unless there is none, so many are in flight, or one has failed.
  mutating func takeItem(atMost limit: Int) -> Int? {
    guard hasItems, inFlight < limit else { return nil }
    defer { next += 1 }
    return next
  }

  /// Whether there is an item that is to be started some time.
  var hasItems: Bool { failed == nil && next < items.count }

  func part(at place: Int) -> Int {
    place < parts.count ? parts[place] : -1
  }
}
