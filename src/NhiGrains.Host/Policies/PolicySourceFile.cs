namespace NhiGrains.Host.Policies;

/// <summary>One file of a policy set, as it was read or sent.</summary>
/// <param name="Path">As people know it: problems name it.</param>
internal sealed record PolicySourceFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>What one document contributes to the set, with the places where it says so.</summary>
internal sealed record PolicyFragment(PolicyProblems Problems)
{
    /// <summary>False: it could not be read so far that it is known what it says.</summary>
    public bool IsRead { get; init; }

    public Placed<string>? Name { get; init; }

    public IReadOnlyList<Placed<Domain.Policies.PolicyRule>> Rules { get; init; } = [];

    public IReadOnlyList<Placed<Domain.Policies.CatalogueApplication>> Applications { get; init; } = [];

    public IReadOnlyList<Placed<Domain.Policies.CatalogueEntry>> Resources { get; init; } = [];

    public Placed<Domain.Policies.PolicyAdministrators>? Administrators { get; init; }

    public IReadOnlyList<Placed<Domain.Risk.RiskResponse>> RiskResponses { get; init; } = [];
}

/// <summary>A value, and where its name stands.</summary>
internal sealed record Placed<T>(T Value, Yaml.Position At);
