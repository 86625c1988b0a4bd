namespace NhiGrains.Domain.People;

/// <summary>The next directory and what to tell of the change.</summary>
/// <param name="Action">For the audit, for example <c>directory.delegated</c>.</param>
/// <param name="Details">Every name that was changed, so that the groups of any time can be told from the audit.</param>
public sealed record DirectoryChange(PeopleDirectory Directory, string Action, IReadOnlyDictionary<string, string> Details);
