namespace NhiGrains.Tests; public class Placeholder { [Fact] public void Builds() { } }
