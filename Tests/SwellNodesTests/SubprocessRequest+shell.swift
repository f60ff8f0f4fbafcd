import SwellModel
import SwellNodes
import Testing

extension SubprocessRunner.Request {
  /// A script for the tests; the product runs no shell.
  static func shell(
    _ script: String, maxStandardOutput: Int = 1 << 20, maxStandardError: Int = 16 << 10,
    grace: Duration = .seconds(5)
  ) -> Self {
    Self(
      executable: "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"],
      maxStandardOutput: maxStandardOutput, maxStandardError: maxStandardError, grace: grace)
  }
}

/// The error of a program that must fail.
func failure(of request: SubprocessRunner.Request) async throws -> NodeError {
  switch await SubprocessRunner.run(request) {
  case .success:
    Issue.record("\(request.executable) succeeded")
    throw NodeError(.execution, "succeeded")
  case .failure(let error):
    return error
  }
}
