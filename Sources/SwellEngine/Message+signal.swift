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
    case .child:
      guard let end = signal.end, let state = RunEnd.State(rawValue: end.state) else { return nil }
      self.init(
        id: signal.id,
        kind: .childEnd(
          .init(
            node: name, item: end.item, iteration: end.iteration, attempt: end.attempt,
            run: end.run, state: state, isAbsent: signal.body == nil)),
        payload: body, sender: signal.sender)
    case .cancel, .workerLost, .pause, .resume, .more, .unreadable, .unknown: return nil
    }
  }
}
