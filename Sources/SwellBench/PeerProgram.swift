import Foundation
import SwellModel
import SwellNodes

/// Another system, measured by a program of its own on a fresh database of the same server: it finds
/// the database in DATABASE_URL, and prints its figures as JSON objects, one a line.
struct PeerProgram: Sendable {
  var path: String
  var database: String

  /// - Throws: `PeerFailure` when it cannot be run, fails, or prints something else.
  func run() async throws -> [BenchResult] {
    var environment = ProcessInfo.processInfo.environment
    environment["DATABASE_URL"] = database
    let outcome = await SubprocessRunner.run(
      SubprocessRunner.Request(
        executable: URL(fileURLWithPath: path).standardizedFileURL.path,
        environment: environment))
    switch outcome {
    case .failure(let error):
      let words = error.context.metadata["stderr"].map { "\n\($0)" } ?? ""
      throw PeerFailure(description: "\(error.message)\(words)")
    case .success(let ended):
      var results: [BenchResult] = []
      for line in ended.standardOutput.split(separator: UInt8(ascii: "\n")) {
        guard let result = BenchResult(peerLine: Array(line)) else {
          throw PeerFailure(
            description:
              "\(path) printed '\(String(decoding: line.prefix(200), as: UTF8.self))' instead of "
              + #"{"case": "jobs", "workers": 1, "value": 1000, "unit": "jobs/s"}"#)
        }
        results.append(result)
      }
      return results
    }
  }
}

/// Why a peer was not measured.
public struct PeerFailure: Error, CustomStringConvertible {
  public var description: String
}

extension BenchResult {
  /// A figure as a peer prints it, with `p50_ms`, `p95_ms` and `p99_ms` where it has them.
  init?(peerLine line: [UInt8]) {
    guard let object = try? JSONValue.parse(line), let name = object["case"]?.string,
      let value = object["value"]?.double, let unit = object["unit"]?.string
    else { return nil }
    self.init(
      name: name, workers: Int(object["workers"]?.int ?? 1), value: value, unit: unit)
    if let p50 = object["p50_ms"]?.double, let p95 = object["p95_ms"]?.double,
      let p99 = object["p99_ms"]?.double
    {
      latency = Latency(p50: p50, p95: p95, p99: p99)
    }
  }
}
