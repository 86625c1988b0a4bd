using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Host.Policies;

/// <summary>
/// Puts the policy file in force at start, unless it says what was in force before, and again when its content changes. A file that is
/// wrong changes nothing: the set in force stays in force, and the problems are told. The content is compared, not the file's date:
/// mounted configuration is swapped by links, which watchers miss.
/// </summary>
internal sealed class PolicyFileService(
    PolicyFileOptions options,
    IGrainFactory grains,
    PolicyFileStatus status,
    TimeProvider time,
    ILogger<PolicyFileService> logger)
    : BackgroundService
{
    private string _settled = "";
    private string _refused = "";

    // The version of the first file that could be read and was answered for; whatever is in its place later, somebody put there.
    private string? _startedWith;
    private bool _hasChanged;
    private string? _notApplied;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        status.Current = new(options.Path, null, []);
        var previous = "";
        using var timer = new PeriodicTimer(options.LookEvery, time);
        do
        {
            var source = PolicySource.Read(options.Path);
            var current = source.Fingerprint;
            // Twice the same: nobody is in the middle of writing it. At start there is nothing to wait for, unless a folder is just being filled.
            if (current != _settled && (current == previous || (previous.Length == 0 && !Directory.Exists(options.Path))))
                await Settle(source, current);
            previous = current;
            if (_notApplied is { } version)
                await LookWhetherInForce(version);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Settle(PolicySource source, string fingerprint)
    {
        var result = source.Problems.Count > 0 ? new(null, source.Problems) : PolicyFile.Parse(source.Documents);
        if (result.Set is not { } set)
        {
            Refuse(result.Problems);
            _settled = fingerprint;
            return;
        }

        try
        {
            _hasChanged |= _startedWith is { } first && first != set.Version;
            var order = new PolicyOrder(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), options.Actor, "the policy file says so", set) { FromFile = true, AtStart = !_hasChanged };
            var answer = await PolicySet.Apply(order);
            _startedWith ??= set.Version;
            // The groups that it names may be filled in a moment.
            var mayPass = answer.Refusal?.Code == "POLICY_LOCKOUT";
            if (!mayPass || _refused != fingerprint)
                Tell(set, result.Warnings, answer);
            _refused = fingerprint;
            if (!mayPass)
                _settled = fingerprint;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Not settled, so the next look tries again.
            logger.LogWarning("Policy set '{Name}' could not be stored yet ({Fault}); trying again", set.Name, fault.Message);
        }
    }

    private void Tell(PolicySet set, IReadOnlyList<PolicyProblem> warnings, PolicyAnswer answer)
    {
        if (answer.InForce is not { } inForce)
        {
            var problems = new PolicyProblems(options.Path);
            problems.AddForFile($"{answer.Refusal?.Message} {answer.Refusal?.Remedy}");
            Refuse(problems.InOrder);
            return;
        }

        foreach (var warning in warnings)
            logger.LogWarning("{Warning}", warning);
        if (inForce.Version == set.Version)
        {
            IsInForce(set.Version);
            logger.LogInformation("Policy set '{Name}' from {File} is in force: {Rules} rules, version {Version}", set.Name, options.Path, set.Rules.Count, set.Version);
            return;
        }

        var why = $"{options.Path} says version {set.Version}, which was in force before and is not now: {inForce.Version}, which {inForce.AppliedBy} applied at {inForce.InForceSince:u}, stays in force. "
            + $"To go back to what the file says, use the mutation rollbackPolicySet with {set.Version}; otherwise make the file say what is to be in force.";
        status.Current = new(options.Path, null, []) { NotApplied = why };
        _notApplied = set.Version;
        logger.LogWarning("{NotApplied}", why);
    }

    private void IsInForce(string version)
    {
        status.Current = new(options.Path, version, []);
        _notApplied = null;
    }

    // Somebody may have put it in force meanwhile, over GraphQL or by the file of another silo.
    private async Task LookWhetherInForce(string version)
    {
        try
        {
            if (await PolicySet.CurrentVersion() != version)
                return;
            IsInForce(version);
            logger.LogInformation("What {File} says is in force again: version {Version}", options.Path, version);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogDebug(fault, "Whether {File} is in force is not known; it is asked again", options.Path);
        }
    }

    private IPolicySetGrain PolicySet => grains.GetGrain<IPolicySetGrain>(options.SetName);

    private void Refuse(IReadOnlyList<PolicyProblem> problems)
    {
        status.Current = status.Current with { Problems = problems, NotApplied = null };
        _notApplied = null;
        foreach (var problem in problems)
            logger.LogError("Policy file refused: {Problem}", problem);
        logger.LogError("The policy set in force stays in force. Correct {File}; it is read again when it changes", options.Path);
    }
}

internal sealed record PolicyFileOptions(string Path)
{
    /// <summary>The key of the policy set that decides.</summary>
    public string SetName { get; init; } = PolicySets.Main;

    public string Actor { get; init; } = Actors.PolicyFile;

    /// <summary>A change is in force after two to three of these. Default: one second.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);
}
