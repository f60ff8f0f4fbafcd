/// A variable of a loop or of `cel.bind`.
final class LocalNode: Node {
  let slot: Int

  init(slot: Int) { self.slot = slot }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    evaluation.locals[slot]
  }
}
