import Testing

@testable import SwellCore

/// The ids of child runs: whoever plans the same attempt again asks for the same run.
@Suite struct ChildIDTests {
  static let parent = "01a223e1-5c8e-7efd-b0e8-e43ce588dd62"

  @Test func `the same attempt has the same id, and no two attempts have one`() {
    func id(_ node: Int, _ item: Int, _ iteration: Int, _ attempt: Int, _ parent: String) -> String
    {
      ChildID.make(
        parent: parent, unit: Unit(node: node, item: item, iteration: iteration),
        attempt: attempt, milliseconds: 1_795_000_000_000)
    }
    #expect(id(1, 2, 0, 3, Self.parent) == id(1, 2, 0, 3, Self.parent))
    var ids: Set<String> = []
    var count = 0
    for parent in [Self.parent, "01a223e1-5c8e-7efd-b0e8-e43ce588dd63"] {
      for node in 0..<3 {
        for item in 0..<200 {
          for iteration in 0..<3 {
            for attempt in 1...3 {
              ids.insert(id(node, item, iteration, attempt, parent))
              count += 1
            }
          }
        }
      }
    }
    #expect(ids.count == count)
  }

  @Test func `it is a UUIDv7 of its time`() {
    let id = ChildID.make(
      parent: Self.parent, unit: Unit(node: 0), attempt: 1, milliseconds: 0x0199_1234_5678)
    #expect(id.hasPrefix("01991234-5678-7"))
    #expect(id.count == 36)
    #expect("89ab".contains(Array(id)[19]))
  }
}
