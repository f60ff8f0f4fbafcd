import SwellModel
import Testing

@testable import SwellTrial

/// What the engine itself would hand to other runs.
@Suite struct StandInTests {
  @Test func `a control node that works elsewhere becomes one that a reply is given for`() {
    let workflow = Workflow(
      name: "w",
      nodes: [
        Node(id: "elsewhere", role: .control, kind: "call", then: [1]),
        Node(id: "pause", role: .control, kind: "wait", control: .wait(.duration("1s"))),
        Node(id: "work", role: .handler, kind: "handler:h"),
      ])
    let plain = StandIns.replacing(workflow)
    #expect(plain.nodes[0].role == .handler && plain.nodes[0].requiredKind == "call")
    #expect(plain.nodes[0].then == [1])
    #expect(Array(plain.nodes[1...]) == Array(workflow.nodes[1...]))
  }
}
