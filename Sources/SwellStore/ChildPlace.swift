import SwellModel

/// What of its parent a child run is.
public struct ChildPlace: Sendable, Hashable {
  public var node: String
  public var item: Int
  public var iteration: Int
  /// How many runs stand above it.
  public var depth: Int
  /// Nobody waits for its end.
  public var isDetached: Bool

  init(_ json: [UInt8]?) {
    let place = json.flatMap { try? JSONValue.parse(Payload(bytes: $0)) }
    func number(_ key: String) -> Int { place?[key]?.int.map { Int($0) } ?? 0 }
    node = place?["node"]?.string ?? ""
    item = number("item")
    iteration = number("iteration")
    depth = number("depth")
    isDetached = place?["detached"]?.bool ?? false
  }
}
