// Pictures of workflows, for people: terminals, web pages, documents.
//
//   Workflow (and the states of a run) ──> WorkflowDrawing ─┬─> text: waves, with lines beside them
//                                                           ├─> SVG, by GraphLayout
//                                                           └─> Mermaid, which lays it out itself
//
// The same workflow always gives the same picture: nothing here does I/O, and no order comes from
// a hash. Text that people wrote is escaped for the format that it goes into. Layouts take time
// linear in what is drawn, but for the sorting of its layers.
