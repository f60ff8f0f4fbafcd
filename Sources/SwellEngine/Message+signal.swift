import SwellCore
import SwellModel
import SwellStore

extension Message {
  /// Nil for what is no message of people.
  init?(_ signal: SignalReport) {
    guard let name = signal.name else { return nil }
    let body = Payload(json: signal.body ?? "null")
    switch signal.kind {
    case .signal:
      self.init(id: signal.id, kind: .signal(name: name), payload: body, sender: signal.sender)
    case .answer:
      let answer = try? JSONValue.parse(body)
      self.init(
        id: signal.id,
        kind: .answer(
          node: name, isYes: answer?["approved"]?.bool ?? false,
          comment: answer?["comment"]?.string),
        payload: body, sender: signal.sender)
    case .cancel, .workerLost, .unknown: return nil
    }
  }
}
