import Foundation
import SwellLocal
import SwellPostgres
import SwellStore
import SwellTesting
import Synchronization

/// Runs cases, each in a scene of its own, and judges them.
public struct ChaosRunner: Sendable {
  public var seed: UInt64
  /// Told, in a few words, what happens just now.
  public var progress: @Sendable (_ name: String, _ words: String) -> Void

  public init(
    seed: UInt64, progress: @escaping @Sendable (String, String) -> Void = { _, _ in }
  ) {
    self.seed = seed
    self.progress = progress
  }

  /// Ends what cases share. After it no case can run.
  public func end() async {
    await EffectLedger.shared.stop()
  }

  /// Runs one case to its verdict. Nothing that it started is left, however it ends.
  public func run(_ one: ChaosCase) async -> ChaosReport {
    var report = ChaosReport(name: one.name, seed: seed)
    let began = ContinuousClock.now
    let disk: MountedDisk?
    let stage: ChaosScene
    do {
      progress(one.name, "a server of its own")
      disk = try MountedDisk.make(for: one.disk)
      do {
        stage = try await scene(for: one, on: disk)
      } catch {
        disk?.remove()
        throw error
      }
    } catch let skip as ChaosSkip {
      report.skipped = skip.reason
      return report
    } catch {
      report.findings = ["the scene: \(error)"]
      return report
    }
    // Shielded: a cancelled suite must not leave processes behind.
    await withTaskCancellationHandler {
      await play(one, on: stage, &report)
    } onCancel: {
    }
    report.seconds = (ContinuousClock.now - began) / .seconds(1)
    let tail = stage.server.logTail(lines: 200)
    let failed = !report.findings.isEmpty
    let ending = Task {
      let logs = await stage.end()
      await stage.server.stop(mode: .immediate)
      disk?.remove()
      return logs
    }
    let logs = await ending.value
    if failed { report.folder = keep(logs, server: tail, of: one) }
    return report
  }

  private func scene(for one: ChaosCase, on disk: MountedDisk?) async throws -> ChaosScene {
    let settings = ChaosScene.settings.merging(one.settings) { _, own in own }
    let server: PrivateServer
    if let disk {
      server = try await PrivateServer.start(
        PrivateServer.Options(directory: disk.folder, settings: settings, keep: false))
    } else {
      server = try await PrivateServer.temporary(settings: settings)
    }
    do {
      let connection = try await PostgresConnection.connect(
        PostgresConfiguration(server.url), on: try Reactor.shared(), within: .seconds(30))
      try await Migrator(connection).up()
      await connection.close()
      let scene = ChaosScene(
        server: server, database: PatientConnection(server.url),
        ledger: try await EffectLedger.shared.open(),
        generator: SeededGenerator(seed: seed, case: one.name), limit: one.limit,
        progress: { [progress] words in progress(one.name, words) })
      try await scene.database.query(
        String(decoding: PackageResources.witness_sql, as: UTF8.self))
      try await scene.apply(ChaosScene.order)
      try await scene.apply(ChaosScene.probe)
      return scene
    } catch {
      await server.stop(mode: .immediate)
      throw error
    }
  }

  private func play(_ one: ChaosCase, on scene: ChaosScene, _ report: inout ChaosReport) async {
    progress(one.name, "under load")
    do {
      try await Self.within(scene.rest()) { try await one.body(scene) }
    } catch let skip as ChaosSkip {
      report.skipped = skip.reason
      return
    } catch is CancellationError where Task.isCancelled {
      report.findings = ["interrupted"]
      return
    } catch {
      scene.require(false, "the case itself: \(error)")
    }
    do {
      progress(one.name, "until all runs have ended")
      for load in scene.state.withLock({ $0.loads }) { await load.stop() }
      await scene.settleProbes()
      let none = "SELECT NOT EXISTS (SELECT FROM swell.ready)"
      _ = try await scene.database.eventually(none, within: scene.rest(atLeast: .seconds(5)))
      progress(one.name, "the verdict")
      report.take(try await scene.verdict(), figures: scene.state.withLock { $0.figures })
    } catch {
      report.findings.append("the verdict: \(error)")
    }
  }

  /// Ends a body that does not end by itself.
  private static func within(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        throw TimeIsOver()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private struct TimeIsOver: Error, CustomStringConvertible {
    var description: String { "its time was over before it had done its worst" }
  }

  private func keep(_ logs: [String], server: String, of one: ChaosCase) -> String {
    let folder =
      FileManager.default.temporaryDirectory.path + "/swell-chaos-\(one.name)-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    for (number, log) in logs.enumerated() {
      try? log.write(
        toFile: folder + "/worker-\(number).log", atomically: true, encoding: .utf8)
    }
    try? server.write(toFile: folder + "/server.log", atomically: true, encoding: .utf8)
    return folder
  }
}
