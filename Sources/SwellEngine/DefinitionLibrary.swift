import SwellCore
import SwellModel
import SwellPostgres
import SwellStore
import Synchronization

/// The workflow versions that this worker has met, compiled once.
final class DefinitionLibrary: Sendable {
  private let compiled = Mutex<[WorkflowKey: CompiledWorkflow]>([:])
  private let unreadable = Mutex(UnreadableBook())
  private let faults: (any FaultInjector)?

  init(faults: (any FaultInjector)?) {
    self.faults = faults
  }

  /// A version that was met before: compiled, or why it cannot be read.
  func known(_ key: WorkflowKey) -> Result<CompiledWorkflow, NodeError>? {
    if let workflow = compiled.withLock({ $0[key] }) { return .success(workflow) }
    return unreadable.withLock { $0.error(of: key, now: MonotonicClock.now()) }.map { .failure($0) }
  }

  /// Forgets all versions: another server, or one that was restored, may have others under the same numbers.
  func forget() {
    compiled.withLock { $0 = [:] }
    unreadable.withLock { $0.forgetVersions() }
  }

  /// Looks at what this worker cannot read.
  func withUnreadable<R: Sendable>(_ body: (inout sending UnreadableBook) -> sending R) -> R {
    unreadable.withLock(body)
  }

  /// Of `workflow/node`, the workflow of one item of that node.
  private func compile(_ workflow: Workflow, _ key: WorkflowKey) throws(NodeError)
    -> CompiledWorkflow
  {
    guard let slash = key.name.firstIndex(of: "/") else {
      return CompiledWorkflow(workflow, version: key.version)
    }
    let id = key.name[key.name.index(after: slash)...]
    guard let index = workflow.nodes.firstIndex(where: { $0.id == id }) else {
      throw NodeError(
        .definition, "workflow \(workflow.name) has no node '\(id)'", code: "unknown_node")
    }
    return CompiledWorkflow(workflow.part(of: index), version: key.version, isPart: true)
  }

  /// Fetches and compiles a version. A stored definition that this version of Swell cannot
  /// read gives an error of kind `definition`.
  func load(
    _ key: WorkflowKey, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> Result<CompiledWorkflow, NodeError> {
    if let known = known(key) { return known }
    let result = try await fetch(key, over: connection, within: limit)
    switch result {
    case .success(let workflow): compiled.withLock { $0[key] = workflow }
    case .failure(let error):
      unreadable.withLock { $0.note(key, error, now: MonotonicClock.now()) }
    }
    return result
  }

  private func fetch(
    _ key: WorkflowKey, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> Result<CompiledWorkflow, NodeError> {
    let call = DefinitionCall.call(key)
    let rows = try await connection.query(call.statement, call.parameters, within: limit)
    guard let json = try DefinitionCall.decode(rows) else {
      return .failure(
        NodeError(
          .definition, "workflow \(key.name) has no version \(key.version)",
          code: "unknown_version"))
    }
    do {
      if faults?.reach(.readDefinition) == .refuse {
        throw NodeError(.definition, "it is refused by a test", code: "refused")
      }
      return .success(try compile(try WorkflowDefinition(stored: json).workflow, key))
    } catch {
      return .failure(
        NodeError(
          .definition,
          "version \(key.version) of workflow \(key.name) cannot be read by this worker: \(error)",
          code: "unreadable_definition"))
    }
  }
}
