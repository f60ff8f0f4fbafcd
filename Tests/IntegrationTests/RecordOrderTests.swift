import Foundation
import Swell
import SwellTesting
import Testing

/// Two records of one run overlap: while one is on its way, the next outcomes of the run gather. What
/// they make ready starts only when they are stored themselves.
@Suite struct RecordOrderTests {
  /// Six chains of two, of different lengths, so that the outcomes of a run come one by one.
  private static let workflow =
    "workflow: w\nnodes:\n"
    + (1...6).map { place in
      """
        p\(place): {handler: doze, input: {ms: \(place * 4)}}
        q\(place): {handler: effect, needs: p\(place)}

      """
    }.joined()

  @Test func `nothing starts before the record that allows it is stored`() async throws {
    let stage = try await Stage()
    // Every call and every reply is late, so that whatever starts too early does so by far.
    let proxy = try FaultProxy(to: stage.database.url)
    proxy.change { $0.delay = .milliseconds(8) }
    try await stage.database.apply(Self.workflow)
    try await stage.database.query(
      """
      CREATE TABLE public.stored (run_id uuid, node_id text, at timestamptz);
      CREATE FUNCTION public.note_stored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO public.stored VALUES (NEW.run_id, NEW.node_id, clock_timestamp());
        RETURN NULL;
      END $$;
      """)
    try await stage.database.query(
      "CREATE TRIGGER note AFTER INSERT ON swell.node FOR EACH ROW EXECUTE FUNCTION public.note_stored()"
    )
    try await stage.enqueue("w", 60)
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1"])
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": 60])
    var stored: [String: Double] = [:]
    for row in try await stage.database.query(
      "SELECT run_id::text || right(node_id, 1), extract(epoch FROM at) FROM public.stored WHERE node_id LIKE 'p%'"
    ) {
      stored[row[0] ?? ""] = Double(row[1] ?? "")
    }
    let begun = try await stage.ledger.query(
      "SELECT run_id::text || right(node_id, 1), extract(epoch FROM at) FROM effect")
    #expect(begun.count == 360)
    let early = begun.filter { row in
      guard let at = Double(row[1] ?? ""), let when = stored[row[0] ?? ""] else { return true }
      return at < when
    }
    #expect(early.count == 0)
    proxy.stop()
    #expect(try await stage.end([worker]).isEmpty)
  }
}
