namespace NhiGrains.Host.Health;

/// <summary>What has to be reached once before this process is of use.</summary>
internal sealed class Readiness
{
    private volatile bool _shardsRun;
    private volatile bool _sinksFollow;

    public bool ShardsRun
    {
        get => _shardsRun;
        set => _shardsRun = value;
    }

    /// <summary>Whether every sink has its place in the log: what is loud before it has would never be told to it.</summary>
    public bool SinksFollow
    {
        get => _sinksFollow;
        set => _sinksFollow = value;
    }
}
