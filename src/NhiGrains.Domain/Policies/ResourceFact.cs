namespace NhiGrains.Domain.Policies;

/// <summary>What the catalogue says of one resource. A wide selector has facts for everything in it that the catalogue knows.</summary>
/// <param name="Application">Null when none is known.</param>
/// <param name="Environment">Null when none is known.</param>
internal sealed record ResourceFact(Sensitivity Sensitivity, string? Application, string? Environment);
