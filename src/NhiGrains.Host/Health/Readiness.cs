namespace NhiGrains.Host.Health;

/// <summary>What has to be reached once before this process is of use.</summary>
internal sealed class Readiness
{
    private volatile bool _shardsRun;

    public bool ShardsRun
    {
        get => _shardsRun;
        set => _shardsRun = value;
    }
}
