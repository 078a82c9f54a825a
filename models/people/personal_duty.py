"""What a leader does in person (四个亲自), as kinds of acts."""

from models.coded import Coded


class Duty(Coded):
    """The four duties：重要工作亲自部署、重大问题亲自过问、重点环节亲自协调、重要任务亲自督办."""

    DEPLOY = "deploy", "部署"
    INQUIRE = "inquire", "过问"
    COORDINATE = "coordinate", "协调"
    SUPERVISE = "supervise", "督办"
