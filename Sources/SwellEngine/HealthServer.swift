import FlyingFox
import FlyingSocks
import Foundation
import Logging

/// `/livez`, `/readyz` and `/metrics`.
struct HealthServer: Sendable {
  var port: UInt16
  var metrics: WorkerMetrics
  var pulse: Pulse
  var ready: Gate
  var logger: Logger

  /// Serves until the task is cancelled. What ends it later, such as that no descriptors are left for a moment, is
  /// waited out.
  ///
  /// - Throws: when the port cannot be opened at first.
  func run() async throws {
    var wasOpen = false
    while true {
      let began = ContinuousClock.now
      do {
        try await serve()
        return
      } catch {
        // A port that cannot be opened says so at once.
        wasOpen = wasOpen || began.duration(to: .now) > .seconds(1)
        guard wasOpen, !Task.isCancelled else { throw error }
        logger.error("the health port has failed", metadata: ["error": "\(error)"])
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func serve() async throws {
    let server = HTTPServer(port: port, logger: .disabled)
    let metrics = metrics
    let pulse = pulse
    let ready = ready
    await server.appendRoute("GET /livez") { _ in
      Self.answer(pulse.isBeating(now: MonotonicClock.now()), "the loops turn", "a loop hangs")
    }
    await server.appendRoute("GET /readyz") { _ in
      Self.answer(
        ready.isOpen && ready.error == nil, "connected and registered",
        "not connected: \(ready.error.map { "\($0)" } ?? "still connecting")")
    }
    await server.appendRoute("GET /metrics") { _ in
      HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
        body: Data(metrics.prometheus().utf8))
    }
    logger.info("health port is open", metadata: ["port": "\(port)"])
    try await server.run()
  }

  private static func answer(_ isGood: Bool, _ good: String, _ bad: String) -> HTTPResponse {
    HTTPResponse(
      statusCode: isGood ? .ok : .serviceUnavailable, headers: [.contentType: "text/plain"],
      body: Data((isGood ? good : bad).utf8))
  }
}
