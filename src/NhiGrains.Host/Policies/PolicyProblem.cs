using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What is wrong with a policy file, and where.</summary>
/// <param name="Line">From 1; 0 when the file as a whole is to blame, for example because it does not exist.</param>
/// <param name="Column">From 1; 0 as for the line.</param>
internal sealed record PolicyProblem(string File, int Line, int Column, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>Gathers what is wrong, so that all of it is told at once; stops counting before a hostile file makes a flood.</summary>
internal sealed class PolicyProblems(string file)
{
    private const int Most = 100;

    private readonly List<PolicyProblem> _problems = [];

    /// <summary>As people know it.</summary>
    public string File => file;

    public int Count => _problems.Count;

    public IReadOnlyList<PolicyProblem> InOrder => [.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public void Add(Position at, string message)
    {
        if (_problems.Count < Most)
            _problems.Add(new(file, at.Line, at.Column, message));
    }

    public void AddForFile(string message) => _problems.Add(new(file, 0, 0, message));
}
