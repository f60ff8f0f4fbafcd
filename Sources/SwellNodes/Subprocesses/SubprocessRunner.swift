import Subprocess
public import SwellModel

/// Runs one program to its end: the whole of what the `exec` kind knows of processes.
///
/// There is never a shell: the arguments reach the program as they are. The program leads a
/// session, and so a process group, of its own. Whatever ends the attempt ends the group:
///
///     running --exits--> group killed, output read to its end --> Completed or an error
///        |--our task is cancelled--> SIGTERM to the group --grace--> SIGKILL --> cancelled
///        +--too much output--> SIGKILL to the group --> tooLarge
///
/// `run` returns only after the leader has been reaped. What a child of the program keeps open
/// cannot hold it up. A process that makes a session of its own is out of reach, as for any
/// supervisor that is no container; and if this process is killed with SIGKILL, the program
/// runs on (it sees its output's reader gone when it next writes).
public struct SubprocessRunner {
  /// Runs the program; cancelling the calling task ends it and everything in its group.
  ///
  /// - Returns: what it printed and that it exited with 0, or the error of the attempt.
  public static func run(_ request: Request) async -> Result<Completed, NodeError> {
    if let refusal = request.refusal { return .failure(refusal) }
    guard !Task.isCancelled else { return .failure(.cancelled(request)) }
    let group = ProcessGroup(grace: request.grace)
    return await withTaskCancellationHandler {
      // Shielded: the library answers a cancellation by killing the leader alone, and this task
      // is cancelled when the group still has its grace.
      await Task { await supervise(request, group) }.value
    } onCancel: {
      group.terminate()
    }
  }

  private static func supervise(
    _ request: Request, _ group: ProcessGroup
  ) async -> Result<Completed, NodeError> {
    let file = AnonymousFile.holding(request.standardInput)
    guard let file, let input = file.asInput else {
      return .failure(
        request.error(.io, "cannot keep its input for it", code: "stdin_failed"))
    }
    var options = PlatformOptions()
    options.createSession = true
    do {
      let ended = try await Subprocess.run(
        .path(literal(request.executable)),
        arguments: Arguments(request.arguments),
        environment: .custom(request.environment.map { Array("\($0)=\($1)\0".utf8) }),
        workingDirectory: request.directory.map { literal($0) },
        platformOptions: options,
        input: input,
        output: .sequence,
        error: .sequence
      ) { execution in
        group.started(execution.processIdentifier.value)
        let gathered = await gather(execution, request, group)
        // Before the leader is reaped: from then on its number may be another process's.
        group.ended()
        return gathered
      }
      return conclude(request, group, ended.closureResult, ended.terminationStatus)
    } catch {
      group.ended()
      return .failure(group.wasCancelled ? .cancelled(request) : request.spawnError(error))
    }
  }

  private static func gather<Input>(
    _ execution: Execution<Input, SequenceOutput, SequenceOutput>, _ request: Request,
    _ group: ProcessGroup
  ) async -> Gathered {
    async let watch: Void = {
      // Signal 0 reaches nobody: these are the library's words for waiting for the exit of the
      // leader while its pipes are open.
      let wait = TeardownStep.send(
        signal: Signal(rawValue: 0), allowedDurationToNextStep: .seconds(86_400 * 365))
      await execution.teardown(using: [wait])
      group.kill()
    }()
    async let standardError: (tail: [UInt8], failed: Bool) = {
      var tail: [UInt8] = []
      do {
        for try await chunk in execution.standardError {
          chunk.withUnsafeBytes { tail.append(contentsOf: $0) }
          // Cut at twice the size: then each byte is moved once at most.
          if tail.count > 2 * request.maxStandardError {
            tail.removeFirst(tail.count - request.maxStandardError)
          }
        }
        return (Array(tail.suffix(request.maxStandardError)), false)
      } catch {
        group.kill()
        return (Array(tail.suffix(request.maxStandardError)), true)
      }
    }()
    var gathered = Gathered()
    do {
      for try await chunk in execution.standardOutput {
        guard !gathered.isTooLarge else { continue }
        chunk.withUnsafeBytes { bytes in
          if gathered.output.count + bytes.count > request.maxStandardOutput {
            gathered.isTooLarge = true
          } else {
            gathered.output.append(contentsOf: bytes)
          }
        }
        if gathered.isTooLarge { group.kill() }
      }
    } catch {
      gathered.isBroken = true
      group.kill()
    }
    let errors = await standardError
    await watch
    gathered.errors = errors.tail
    gathered.isBroken = gathered.isBroken || errors.failed
    return gathered
  }

  private static func conclude(
    _ request: Request, _ group: ProcessGroup, _ gathered: Gathered, _ status: TerminationStatus
  ) -> Result<Completed, NodeError> {
    let tail = String(decoding: gathered.errors, as: UTF8.self)
    func failure(_ kind: ErrorKind, _ message: String, _ code: String) -> Result<
      Completed, NodeError
    > {
      .failure(request.error(kind, message, code: code, stderr: tail))
    }
    if group.wasCancelled { return .failure(.cancelled(request, stderr: tail)) }
    if gathered.isTooLarge {
      return failure(
        .tooLarge, "printed more than \(request.maxStandardOutput) bytes", "output_too_large")
    }
    if gathered.isBroken { return failure(.io, "its output could not be read", "pipe_failed") }
    switch status {
    case .exited(0):
      return .success(Completed(standardOutput: gathered.output, standardErrorTail: tail))
    case .exited(let code):
      return failure(.process, "exited with \(code)", "exit_\(code)")
    case .signaled(let signal):
      return failure(.process, "was killed by signal \(signal)", "signal_\(signal)")
    }
  }

  /// The library's file path belongs to a package that is no dependency of this one, so it is
  /// made through the protocol that it conforms to.
  private static func literal<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
  where Value.StringLiteralType == String { Value(stringLiteral: text) }

  private struct Gathered: Sendable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var isTooLarge = false
    var isBroken = false
  }

  /// A program that ended well.
  public struct Completed: Sendable, Hashable {
    public var standardOutput: [UInt8]
    /// The last bytes it wrote to its standard error, at most the request's limit.
    public var standardErrorTail: String

    public init(standardOutput: [UInt8], standardErrorTail: String) {
      self.standardOutput = standardOutput
      self.standardErrorTail = standardErrorTail
    }
  }
}
