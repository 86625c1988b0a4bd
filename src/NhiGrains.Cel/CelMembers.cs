namespace NhiGrains.Cel;

/// <summary>Which members of a list of strings an expression can tell apart.</summary>
/// <param name="Named">The texts that it looks for, sorted.</param>
/// <param name="Others">
/// Uses of the list that go by more than these: its size, its order, or a text that is not written down. Of kind
/// <see cref="CelIssueKind.UnknownMembers"/>.
/// </param>
public sealed record CelMembers(IReadOnlyList<string> Named, IReadOnlyList<CelIssue> Others);
